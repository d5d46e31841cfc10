import type { BackendInfo, BackendKind, Capability, InferenceStatus } from '../../protocol/modelsPage.js';

/** What a model gives, in the order in which it is told. */
export const GIVES: Readonly<Record<Capability, string>> = {
  optionProbs: 'probabilities over the options of a question',
  generate: 'answers in words',
  seed: 'the same samples again from the same seed',
  batch: 'several questions at once, faster than one by one',
  inputGradient: 'gradients by the pixels of an image',
  tokenGradient: 'gradients by the words of a question',
  attention: 'attention over the image',
  detect: 'boxes around things that are named',
};

interface KindWords {
  readonly title: string;
  readonly about: string;
  /** How one comes to be here, where there is none. */
  readonly nothing: string;
  /** Settings decide whether there is one. */
  readonly isSet: boolean;
}

/** The kinds of models, in the order in which they are shown. */
export const KINDS: Readonly<Record<BackendKind, KindWords>> = {
  bundled: {
    title: 'Bundled',
    about: 'Two small models of synthetic scenes that come with Flipside, for trying things out.',
    nothing: 'The models that come with Flipside are missing. Install the extension again.',
    isSet: false,
  },
  onnx: {
    title: 'ONNX graphs',
    about: 'Your own graphs, each with a manifest beside it.',
    nothing: 'None found. Put a graph and its manifest into a folder that the setting flipside.models.folders names.',
    isSet: true,
  },
  transformersjs: {
    title: 'Hugging Face layout',
    about: 'Vision-language models with ONNX files in the layout of the Hugging Face hub, run by Transformers.js.',
    nothing:
      'None found. Put such a model into a folder that the setting flipside.models.folders names. Nothing is downloaded.',
    isSet: true,
  },
  openai: {
    title: 'Servers',
    about: 'Servers that speak the OpenAI protocol: vLLM, SGLang, llama.cpp, Ollama, LM Studio.',
    nothing: 'None named. Add the address of one, up to and with /v1, to the setting flipside.models.endpoints.',
    isSet: true,
  },
  process: {
    title: 'Programs',
    about: 'Programs of yours that run models, started when they are first asked.',
    nothing: 'None named. Add the command of one to the setting flipside.models.processes of your user settings.',
    isSet: true,
  },
};

/** "1.2 MB", in decimal units. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  const value = bytes / unit;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${name}`;
}

const DOING: Readonly<Record<string, string>> = {
  load: 'Loading',
  ask: 'Asking',
  explain: 'Making a map with',
  detect: 'Looking for boxes with',
};

/** "Asking bundled:augmented, 2 waiting": what the process does; null while it does nothing. */
export function runningWords({ running, waiting }: InferenceStatus): string | null {
  if (running === null) return null;
  const at = running.indexOf(' ');
  const doing = DOING[running.slice(0, Math.max(0, at))];
  const words = doing === undefined ? running : `${doing} ${running.slice(at + 1)}`;
  return waiting === 0 ? words : `${words}, ${waiting} waiting`;
}

/** "Flipside scenes on CPU (1.2 MB)". */
export function loadedWords({ name, device, memory }: BackendInfo): string {
  return `${name} on ${device}${memory === null ? '' : ` (${sizeOf(memory)})`}`;
}

/** How the model is asked. */
export const PROMPTS: Readonly<Record<BackendInfo['prompt'], string>> = {
  question: 'the question alone; options are scored beside it',
  chat: 'question, options, and what to answer with',
};
