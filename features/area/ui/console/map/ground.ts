import 'maplibre-gl/dist/maplibre-gl.css';
import { Map as Ground, type StyleSpecification, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Box } from './view.ts';

setWorkerUrl(workerUrl);

/**
 * Puts the ground into an element: plain, or the county's own tiles. It takes dragging, wheel, pinch and keys;
 * what is drawn on it is the page's.
 * @param label what it shows, for those who do not see it
 * @param tiles address of raster tiles with {z}, {x}, {y}; null for a plain ground
 */
export function layGround(
  container: HTMLElement,
  box: Box,
  tiles: string | null,
  label: string,
): Ground {
  const style: StyleSpecification = {
    version: 8,
    sources: tiles ? { tiles: { type: 'raster', tiles: [tiles], tileSize: 256 } } : {},
    layers: [
      { id: 'plain', type: 'background', paint: { 'background-color': '#eef2f0' } },
      ...(tiles ? [{ id: 'tiles', type: 'raster' as const, source: 'tiles' }] : []),
    ],
  };
  const [west, south, east, north] = box;
  return new Ground({
    container,
    style,
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: 32 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    // Arrow keys move the corner that has the focus.
    keyboard: false,
    // Two clicks are two corners.
    doubleClickZoom: false,
    maxZoom: 20,
    locale: { 'Map.Title': label },
  });
}
