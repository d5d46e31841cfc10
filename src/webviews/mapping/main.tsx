import '../shared/base.css';
import './mapping.css';
import './picker.css';
import { render } from 'preact';
import type { MappingEvents, MappingHost } from '../../protocol/mappingPage.js';
import { connect } from '../shared/host.js';
import '../shared/toolkit.js';
import { guardTyping } from '../shared/typing.js';
import { App } from './app.js';
import type { Kept } from './kept.js';

const connection = connect<MappingHost, MappingEvents, Kept>();

guardTyping();

const place = document.getElementById('page');
if (place !== null) render(<App connection={connection} />, place);
