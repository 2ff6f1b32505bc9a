import type { ReactNode } from 'react';

const round = 2 * Math.PI * 15;

/** Completeness as a ring with its figure inside. */
export function Ring({ percent, label }: { percent: number; label: string }): ReactNode {
  return (
    <svg className="ring" viewBox="0 0 36 36" role="img" aria-label={`${label} ${percent}%`}>
      <circle cx="18" cy="18" r="15" className="ring-track" />
      <circle
        cx="18"
        cy="18"
        r="15"
        className={percent < 100 ? 'ring-part' : 'ring-whole'}
        strokeDasharray={`${(percent / 100) * round} ${round}`}
        transform="rotate(-90 18 18)"
      />
      <text x="18" y="18" dominantBaseline="central" textAnchor="middle">
        {percent}
      </text>
    </svg>
  );
}

/** Completeness in a row of a list: a small bar and the figure. */
export function Bar({ percent }: { percent: number }): ReactNode {
  return (
    <span className="bar" data-whole={percent === 100}>
      <span className="bar-track" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      {percent}%
    </span>
  );
}
