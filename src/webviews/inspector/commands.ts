/** Commands whose keys are shown beside what they do; the workbench binds them and sends the page a `do`. */
export const COMMANDS = {
  compass: 'flipside.toggleCompass',
  boxes: 'flipside.toggleBoxes',
  saliency: 'flipside.toggleSaliency',
  compareMaps: 'flipside.compareMaps',
  rerun: 'flipside.rerun',
  editRerun: 'flipside.editRerun',
  zoomIn: 'flipside.zoomIn',
  zoomOut: 'flipside.zoomOut',
  fit: 'flipside.zoomToFit',
  nextError: 'flipside.nextError',
  previousError: 'flipside.previousError',
  nextImage: 'flipside.nextImage',
  previousImage: 'flipside.previousImage',
  pin: 'flipside.togglePin',
  openSource: 'flipside.openSource',
} as const;
