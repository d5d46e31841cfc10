import '../shared/base.css';
import './inspector.css';
import './stage.css';
import './reruns/reruns.css';
import './annotations/annotations.css';
import './annotations/drawing.css';
import { render } from 'preact';
import type { InspectorEvents, InspectorHost } from '../../protocol/inspectorPage.js';
import { connect } from '../shared/host.js';
import { guardTyping } from '../shared/typing.js';
import { App } from './app.js';
import { Keeper, type Kept } from './kept.js';
import { Pictures } from './pictures.js';

const connection = connect<InspectorHost, InspectorEvents, Kept>();
const { host } = connection;
const pictures = new Pictures((params, signal) => host.request('picture', params, signal));

guardTyping();

const place = document.getElementById('page');
if (place !== null) render(<App host={host} pictures={pictures} keeper={new Keeper(connection)} />, place);
