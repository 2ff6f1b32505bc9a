import type { Map as Ground } from 'maplibre-gl';
import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useText } from '../../../../../console/language.tsx';
import { Loading } from '../../../../../console/parts/Feedback.tsx';
import { type Box, plainView, type View } from './view.ts';

/** Whether this browser draws with WebGL. */
function hasWebGl(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}

/**
 * The frame of the map: a ground to drag and zoom, with a drawing on it. Without WebGL a plain ground of its own.
 * @param label what the drawing shows, for those who do not see it
 */
export function Frame(props: {
  box: Box;
  tiles: string | null;
  label: string;
  children: (view: View) => ReactNode;
}): ReactNode {
  const { box, tiles, label, children } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<[number, number] | null>(null);
  const [plain, setPlain] = useState(() => !hasWebGl());
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = () => setSize([element.clientWidth, element.clientHeight]);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return (
    <div className="map-frame" ref={frame}>
      {size === null ? (
        <Loading rows={4} />
      ) : plain ? (
        <PlainGround box={box} size={size} label={label}>
          {children}
        </PlainGround>
      ) : (
        <WebGround box={box} tiles={tiles} size={size} label={label} fails={() => setPlain(true)}>
          {children}
        </WebGround>
      )}
    </div>
  );
}

interface GroundProps {
  box: Box;
  size: readonly [number, number];
  label: string;
  children: (view: View) => ReactNode;
}

function WebGround(props: GroundProps & { tiles: string | null; fails: () => void }): ReactNode {
  const { box, tiles, size, label, children, fails } = props;
  const place = useRef<HTMLDivElement>(null);
  const [ground, setGround] = useState<Ground | null>(null);
  const [, redraw] = useState(0);
  const begin = useRef({ box, fails, label });
  useEffect(() => {
    let made: Ground | null = null;
    let gone = false;
    void import('./ground.ts')
      .then(({ layGround }) => {
        if (gone || !place.current) return;
        made = layGround(place.current, begin.current.box, tiles, begin.current.label);
        made.on('move', () => redraw((n) => n + 1));
        made.on('resize', () => redraw((n) => n + 1));
        setGround(made);
      })
      .catch(() => begin.current.fails());
    return () => {
      gone = true;
      made?.remove();
      setGround(null);
    };
  }, [tiles]);
  const key = box.join();
  useEffect(() => {
    const [west = 0, south = 0, east = 0, north = 0] = key.split(',').map(Number);
    ground?.fitBounds([west, south, east, north], { padding: 32, duration: 0 });
  }, [ground, key]);
  const [width, height] = size;
  const view: View | null = ground && {
    width,
    height,
    project: ([x, y]) => {
      const pixel = ground.project([x, y]);
      return [pixel.x, pixel.y];
    },
    unproject: (pixel) => {
      const { lng, lat } = ground.unproject(pixel);
      return [lng, lat];
    },
  };
  return (
    <>
      <div className="map-ground" ref={place} />
      {ground && view
        ? createPortal(
            <Drawing label={label} view={view}>
              {children}
            </Drawing>,
            ground.getCanvasContainer(),
          )
        : null}
      <ZoomButtons
        zoom={(by) => void ground?.zoomTo(ground.getZoom() + by)}
        whole={() => {
          const [west, south, east, north] = box;
          ground?.fitBounds([west, south, east, north], { padding: 32 });
        }}
      />
    </>
  );
}

function PlainGround({ box, size, label, children }: GroundProps): ReactNode {
  const [zoom, setZoom] = useState(0);
  const [shift, setShift] = useState<[number, number]>([0, 0]);
  const grip = useRef<{ from: [number, number]; shift: [number, number] } | null>(null);
  const view = plainView(box, size[0], size[1], zoom, shift);
  const turn = (by: number) => {
    setZoom((now) => Math.max(-3, Math.min(9, now + by)));
    setShift(([x, y]) => [x * 2 ** by, y * 2 ** by]);
  };
  const drag = {
    onPointerDown(event: PointerEvent) {
      grip.current = { from: [event.clientX, event.clientY], shift };
    },
    onPointerMove(event: PointerEvent) {
      if (!grip.current || event.buttons === 0) return;
      const { from, shift: start } = grip.current;
      setShift([start[0] + event.clientX - from[0], start[1] + event.clientY - from[1]]);
    },
    onPointerUp() {
      grip.current = null;
    },
  };
  return (
    <>
      <div className="map-ground" {...drag}>
        <Drawing label={label} view={view}>
          {children}
        </Drawing>
      </div>
      <ZoomButtons
        zoom={turn}
        whole={() => {
          setZoom(0);
          setShift([0, 0]);
        }}
      />
    </>
  );
}

function Drawing(props: {
  label: string;
  view: View;
  children: (view: View) => ReactNode;
}): ReactNode {
  const { label, view, children } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing with things to press in it is no field set
    <svg
      className="map-drawing"
      width={view.width}
      height={view.height}
      viewBox={`0 0 ${view.width} ${view.height}`}
      role="group"
      aria-label={label}
    >
      {children(view)}
    </svg>
  );
}

function ZoomButtons(props: { zoom: (by: number) => void; whole: () => void }): ReactNode {
  const text = useText().map;
  return (
    <div className="map-zoom">
      <button type="button" aria-label={text.zoomIn} onClick={() => props.zoom(1)}>
        ＋
      </button>
      <button type="button" aria-label={text.zoomOut} onClick={() => props.zoom(-1)}>
        －
      </button>
      <button type="button" aria-label={text.whole} onClick={props.whole}>
        ⤢
      </button>
    </div>
  );
}
