/** The settings of runs nobody watches: patience at the start, a log, and who is told how it went. */
import { scanSetting, setting, type SettingTable } from './setting.js';
import { secretUrls } from './types/secret-urls.js';
import { choice, path } from './types/simple.js';
import { span } from './types/time.js';

const NOTIFY_SECRET = 'One URL or a list. It is a secret: only its host is ever shown.';

/** Patience, and the log. */
export const UNWATCHED_SETTINGS = {
  wait: scanSetting('waitSeconds', {
    type: span,
    example: '30m',
    group: 'running',
    flag: 'wait',
    config: ['wait'],
    defaultText: 'not at all',
    help: 'how long to wait for a server that is not there at the start',
    more: 'It is asked again and again until then; after that the run ends with exit code 4.',
  }),
  logFile: setting({
    type: path('file'),
    example: '/var/log/gapscan.ndjson',
    group: 'output',
    flag: 'log-file',
    config: ['logFile'],
    help: 'append what happens to a file, one JSON object a line',
    more: 'Each has `time`, `level` (`info`, `warning` or `error`) and `message`.',
  }),
} satisfies SettingTable;

/** Who is told. */
export const NOTIFY_SETTINGS = {
  notifyWhen: setting({
    type: choice(['never', 'errors', 'changes', 'always']),
    group: 'notify',
    config: ['notify.when'],
    default: 'changes',
    help: 'which runs are told of',
    more: 'A failed run is a change, and so are jobs that were queued, another number of gaps than last time, and a first run with gaps.',
  }),
  notifyWebhook: setting({
    type: secretUrls,
    example: 'https://example.org/hook',
    group: 'notify',
    config: ['notify.webhook'],
    help: 'where a JSON object is posted',
    more: `\`gapscan.notification/1\`, see schemas/notification-1.schema.json. ${NOTIFY_SECRET}`,
  }),
  notifyDiscord: setting({
    type: secretUrls,
    example: 'https://discord.com/api/webhooks/1/x',
    group: 'notify',
    config: ['notify.discord'],
    help: 'a webhook of Discord',
    more: NOTIFY_SECRET,
  }),
  notifyNtfy: setting({
    type: secretUrls,
    example: 'https://ntfy.sh/my-topic',
    group: 'notify',
    config: ['notify.ntfy'],
    help: 'a topic of ntfy',
    more: NOTIFY_SECRET,
  }),
  notifyPing: setting({
    type: secretUrls,
    example: 'https://hc-ping.com/uuid',
    group: 'notify',
    config: ['notify.ping'],
    help: 'a check as healthchecks.io has it, pinged on every run',
    more: `Posts to it at the end, with \`/start\` at the beginning, and with \`/fail\` and the last lines when a run failed, whatever \`notify.when\` says. ${NOTIFY_SECRET}`,
  }),
} satisfies SettingTable;
