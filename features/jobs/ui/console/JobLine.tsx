import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm } from 'antd';
import { type ReactNode, useId } from 'react';
import { api } from '../../../../console/api.ts';
import { figure, minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import type { Job, JobState } from '../../contract.ts';
import { shareOf } from './share.ts';

const colours: Record<JobState, string> = {
  queued: '',
  running: 'tag-blue',
  pausing: 'tag-blue',
  cancelling: 'tag-blue',
  paused: 'tag-orange',
  done: 'tag-green',
  failed: 'tag-red',
  cancelled: '',
  refused: 'tag-red',
};

/** One job: what it is, how far, what it brought or why it failed, and what may be asked of it. */
export function JobLine({ job }: { job: Job }): ReactNode {
  const text = useText();
  const name = useId();
  return (
    <li className="job" aria-labelledby={name}>
      <div className="job-head">
        <h3 id={name}>{job.label}</h3>
        <span className={`tag ${colours[job.state]}`}>{text.jobs.states[job.state]}</span>
        <Acts job={job} />
      </div>
      {(job.endedAt === null || job.state === 'failed') && <Progress job={job} named={name} />}
      <Outcome job={job} />
      <p className="job-foot">
        <Starter job={job} />
        <span>{text.jobs.startedAt(minute(job.createdAt))}</span>
        {job.endedAt && <span>{text.jobs.endedAt(minute(job.endedAt))}</span>}
      </p>
    </li>
  );
}

function Progress({ job, named }: { job: Job; named: string }): ReactNode {
  const text = useText();
  const { done, total, stage, perSecond, secondsLeft } = job.progress;
  const share = shareOf(job.progress);
  // What waits for its turn and has done nothing has nothing to show.
  if (share === null && done === 0) return null;
  return (
    <>
      {share !== null && (
        <div
          className="job-bar"
          role="progressbar"
          aria-labelledby={named}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={share}
        >
          <span style={{ width: `${share}%` }} />
        </div>
      )}
      <p className="job-figures">
        {share !== null && <b>{share}%</b>}
        <span>
          {total === null ? text.jobs.done(figure(done)) : `${figure(done)} / ${figure(total)}`}
        </span>
        {stage && <span>{stage}</span>}
        {perSecond !== null && perSecond > 0 && <span>{text.jobs.rate(perSecond)}</span>}
        {secondsLeft !== null && <span>{text.jobs.left(secondsLeft)}</span>}
      </p>
    </>
  );
}

function Outcome({ job }: { job: Job }): ReactNode {
  const text = useText();
  const { problem, result } = job;
  if (job.state === 'refused') return <p className="job-problem">{text.jobs.refused}</p>;
  if (result)
    return (
      <p className="job-result">
        <span>{result.words}</span>
        {result.link && <a href={result.link}>{text.jobs.open}</a>}
      </p>
    );
  // Once it runs again, an earlier failure is history.
  if (!problem || !['queued', 'paused', 'failed'].includes(job.state)) return null;
  return (
    <p className="job-problem">
      <span>{problem.detail ?? problem.title}</span>
      {job.nextTryAt && <span>{text.jobs.again(job.failures, minute(job.nextTryAt))}</span>}
    </p>
  );
}

/** Who started it, where it was not oneself. */
function Starter({ job }: { job: Job }): ReactNode {
  const text = useText();
  if (job.mine) return null;
  if (!job.startedBy) return <span>{text.jobs.house}</span>;
  const { name, role, area } = job.startedBy;
  return <span>{[area?.name, text.roles[role], name].filter(Boolean).join(' ')}</span>;
}

function Acts({ job }: { job: Job }): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'cancel') => api.post(`/jobs/${job.id}/${what}`, {}),
    onError: (error) => say(words(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
  const { pause, resume, cancel } = job.can;
  const labelled = (label: string) => ({
    'aria-label': `${label}: ${job.label}`,
    size: 'small' as const,
    disabled: act.isPending,
  });
  const resuming = job.state === 'pausing' ? text.jobs.takeBack : text.jobs.resume;
  return (
    <div className="job-acts">
      {pause && (
        <Button {...labelled(text.jobs.pause)} onClick={() => act.mutate('pause')}>
          {text.jobs.pause}
        </Button>
      )}
      {resume && (
        <Button {...labelled(resuming)} onClick={() => act.mutate('resume')}>
          {resuming}
        </Button>
      )}
      {cancel && (
        <Popconfirm
          title={text.jobs.cancelAsk}
          description={text.jobs.cancelHelp}
          okText={text.jobs.cancel}
          cancelText={text.jobs.keep}
          placement="topRight"
          okButtonProps={{ danger: true }}
          onConfirm={() => act.mutate('cancel')}
        >
          <Button {...labelled(text.jobs.cancel)} danger>
            {text.jobs.cancel}
          </Button>
        </Popconfirm>
      )}
    </div>
  );
}
