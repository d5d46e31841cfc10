import { FlipsideError } from '../core/model.js';

/** What a model cannot be asked, whenever and however often it is: no image, several, no word. */
export class Unaskable extends FlipsideError {}
