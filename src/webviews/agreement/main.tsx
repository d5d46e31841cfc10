import '../shared/base.css';
import '../shared/panel.css';
import './agreement.css';
import { render } from 'preact';
import type { AgreementEvents, AgreementHost } from '../../protocol/agreementPage.js';
import { connect } from '../shared/host.js';
import { guardTyping } from '../shared/typing.js';
import { App } from './app.js';
import type { Kept } from './kept.js';

const connection = connect<AgreementHost, AgreementEvents, Kept>();
guardTyping();
const place = document.getElementById('page');
if (place !== null) render(<App connection={connection} />, place);
