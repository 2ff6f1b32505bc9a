import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { clustersOf, type Point } from './clusters.ts';
import type { View } from './view.ts';

/** Households as points; those that would cover each other as one circle with their number. The list of households does the same by keyboard. */
export function Points({ view, points }: { view: View; points: readonly Point[] }): ReactNode {
  const navigate = useNavigate();
  return (
    <g>
      {clustersOf(view, points).map(({ x, y, points: all }) => {
        const [only] = all;
        if (all.length === 1 && only)
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list of households does the same by keyboard
            <circle
              key={only.id}
              className="map-point"
              cx={x}
              cy={y}
              r={6}
              onClick={() => void navigate({ to: '/households/$id', params: { id: only.id } })}
            >
              <title>{only.address}</title>
            </circle>
          );
        return (
          <g key={`${all[0]?.id} ${all.length}`} className="map-cluster">
            <circle cx={x} cy={y} r={Math.min(22, 11 + Math.log2(all.length) * 1.6)} />
            <text x={x} y={y}>
              {all.length}
            </text>
          </g>
        );
      })}
    </g>
  );
}
