import { LEFT_OUT_FOLDERS } from '../core/model.js';

const alternatives = LEFT_OUT_FOLDERS.map((name) => name.replaceAll('.', '\\.')).join('|');
/** Folders that are not read, maps of reruns, and our own folder, of which slices and baselines have watchers of their own. */
const OF_NO_INTEREST = new RegExp(
  `[\\\\/](?:(?:${alternatives})[\\\\/]|\\.flipside[\\\\/](?!reruns[\\\\/])|\\.flipside[\\\\/]reruns[\\\\/][^\\\\/]+\\.maps[\\\\/])`,
);
/** Written often where people train and evaluate, and never predictions. Anything else may be: evaluation tools use every name. */
const NEVER_PREDICTIONS =
  /\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif|svg|mp4|avi|py|pyc|pyi|ipynb|js|mjs|cjs|ts|tsx|css|html|md|rst|tex|pdf|sh|toml|lock|safetensors|pt|pth|ckpt|bin|gguf|onnx|pkl|tmp|swp|crswap)$/i;

/** Whether a change of this file may change what there is to read. `inside`: its path from the watched folder, with the separator before it. */
export function isOfInterest(inside: string): boolean {
  return !OF_NO_INTEREST.test(inside) && !NEVER_PREDICTIONS.test(inside);
}
