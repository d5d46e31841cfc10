import '../shared/base.css';
import '../shared/panel.css';
import './compare.css';
import { render } from 'preact';
import type { CompareEvents, CompareHost } from '../../protocol/comparePage.js';
import { connect } from '../shared/host.js';
import { guardTyping } from '../shared/typing.js';
import { App } from './app.js';
import type { Kept } from './kept.js';

const connection = connect<CompareHost, CompareEvents, Kept>();
guardTyping();
const place = document.getElementById('page');
if (place !== null) render(<App connection={connection} />, place);
