import '../shared/base.css';
import '../shared/toolkit.js';
import './errors.css';
import './facets.css';
import './list.css';
import { render } from 'preact';
import type { ErrorsEvents, ErrorsHost } from '../../protocol/errorsPage.js';
import { connect } from '../shared/host.js';
import { guardTyping } from '../shared/typing.js';
import { App } from './app.js';
import { ErrorBrowser } from './browser.js';
import type { Kept } from './kept.js';

const connection = connect<ErrorsHost, ErrorsEvents, Kept>();
guardTyping();
const tellFocus = (): void => {
  connection.host.request('focus', { on: document.hasFocus() }).catch(() => undefined);
};
window.addEventListener('focus', tellFocus);
window.addEventListener('blur', tellFocus);
tellFocus();
const place = document.getElementById('page');
if (place !== null) render(<App browser={new ErrorBrowser(connection)} />, place);
