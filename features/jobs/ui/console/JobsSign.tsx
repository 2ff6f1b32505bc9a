import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useLanguage } from '../../../../console/language.tsx';
import { ownLiveJobs } from './polling.ts';
import { shareOf } from './share.ts';

const round = 2 * Math.PI * 8;

/** In the header, while own jobs are under way: a ring that fills, and how many. */
export function JobsSign(): ReactNode {
  const { text, language } = useLanguage();
  const { data } = useQuery(ownLiveJobs(language));
  const jobs = data?.items ?? [];
  if (jobs.length === 0) return null;
  const shares = jobs.map((job) => shareOf(job.progress) ?? 0);
  const percent = Math.floor(shares.reduce((sum, share) => sum + share, 0) / jobs.length);
  const label = text.jobs.sign(jobs.length, percent);
  return (
    <Link to="/jobs" className="jobs-sign" aria-label={label} title={label}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <circle cx="10" cy="10" r="8" className="ring-track" />
        <circle
          cx="10"
          cy="10"
          r="8"
          className="ring-whole"
          strokeDasharray={`${(percent / 100) * round} ${round}`}
          transform="rotate(-90 10 10)"
        />
      </svg>
      <span>{jobs.length}</span>
    </Link>
  );
}
