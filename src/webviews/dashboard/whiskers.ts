import type { Chart as Drawing, Plugin } from 'chart.js';
import type { Chart, ChartMark } from '../../protocol/dashboardPage.js';
import { colourIn, type Colours } from './colours.js';
import { placeOf } from './layout.js';

const CAP = 4;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width?: number;
  readonly height?: number;
}

/**
 * Draws what stands beside a mark's value: whiskers, the reference as a tick across the bar, and levels as dashed lines. On bars it is
 * in the text's colour; of markers it lies behind them, in the series' own.
 */
export function marksBeside(chart: Chart, colours: Colours): Plugin {
  const draw = (drawing: Drawing): void => {
    for (const [series, { marks }] of chart.series.entries()) {
      const own = chart.kind === 'bars' ? colours.text : colourIn(chart, { series, at: 0 }, colours);
      const pen = penOf(drawing, chart, { text: own, ground: colours.ground });
      const { data } = drawing.getDatasetMeta(series);
      for (const [at, mark] of marks.entries()) {
        const box = data[at] as unknown as Box | undefined;
        if (mark !== null && mark.value !== null && box !== undefined) pen.mark(mark, box);
      }
    }
    const pen = penOf(drawing, chart, colours);
    for (const { values } of chart.levels) pen.level(values, drawing.width);
  };
  if (chart.kind === 'rose') return { id: 'beside' };
  return { id: 'beside', ...(chart.kind === 'bars' ? { afterDatasetsDraw: draw } : { beforeDatasetsDraw: draw }) };
}

/** Lines between places told as along the names, and along the numbers: the same words for standing and for lying bars. */
function linesOf(drawing: Drawing, chart: Chart, { text, ground }: Pick<Colours, 'text' | 'ground'>) {
  const { ctx } = drawing;
  const isLying = drawing.options.indexAxis === 'y';
  const numbers = drawing.scales[isLying ? 'x' : 'y'];
  const names = drawing.scales[isLying ? 'y' : 'x'];
  return {
    isLying,
    to: (value: number): number => numbers?.getPixelForValue(value) ?? 0,
    nameAt: (at: number): number => names?.getPixelForValue(placeOf(chart, at)) ?? 0,
    line: (from: readonly [number, number], end: readonly [number, number]): void => {
      const [a, b] = isLying ? [[from[1], from[0]] as const, [end[1], end[0]] as const] : [from, end];
      ctx.beginPath();
      ctx.moveTo(a[0], a[1]);
      ctx.lineTo(b[0], b[1]);
      ctx.stroke();
    },
    styled: (width: number, dash: readonly number[], work: () => void): void => {
      ctx.save();
      // On a bar of any colour: with an edge of the ground's.
      [ctx.strokeStyle, ctx.lineWidth] = [ground, width + 2];
      work();
      [ctx.strokeStyle, ctx.lineWidth] = [text, width];
      ctx.setLineDash([...dash]);
      work();
      ctx.restore();
    },
  };
}

function penOf(drawing: Drawing, chart: Chart, colours: Pick<Colours, 'text' | 'ground'>) {
  const { isLying, to, nameAt, line, styled } = linesOf(drawing, chart, colours);
  return {
    mark: ({ low, high, reference }: ChartMark, box: Box): void => {
      const place = isLying ? box.y : box.x;
      const half = ((isLying ? box.height : box.width) ?? 12) / 2;
      if (low !== null && high !== null) {
        styled(1, [], () => {
          line([place, to(low)], [place, to(high)]);
          for (const end of [low, high]) line([place - CAP, to(end)], [place + CAP, to(end)]);
        });
      }
      if (reference !== null)
        styled(2, [3, 2], () => line([place - half - 2, to(reference)], [place + half + 2, to(reference)]));
    },
    level: (values: readonly (number | null)[], width: number): void => {
      const all = values.map((value, at) => [nameAt(at), value] as const);
      const half = all.length > 1 ? Math.abs((all[1]?.[0] ?? 0) - (all[0]?.[0] ?? 0)) / 2 : width / 2;
      const known = all.filter((each): each is readonly [number, number] => each[1] !== null);
      styled(1.5, [6, 4], () => {
        for (const [at, [place, value]] of known.entries()) {
          const next = known[at + 1];
          if (chart.kind === 'bars') line([place - half, to(value)], [place + half, to(value)]);
          else if (next !== undefined) line([place, to(value)], [next[0], to(next[1])]);
        }
      });
    },
  };
}
