import '../shared/base.css';
import '../shared/panel.css';
import './models.css';
import { render } from 'preact';
import type { ModelsEvents, ModelsHost } from '../../protocol/modelsPage.js';
import { connect } from '../shared/host.js';
import { guardTyping } from '../shared/typing.js';
import { App } from './app.js';

const connection = connect<ModelsHost, ModelsEvents, null>();
guardTyping();
const place = document.getElementById('page');
if (place !== null) render(<App connection={connection} />, place);
