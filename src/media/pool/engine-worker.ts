/** The thread of one media worker: an engine on a socket of its own, commanded by messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { LocalEngine } from '../engine.ts';
import { loadNative } from '../load-native.ts';
import { preferredProfiles } from '../media-path.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('this module is the entry of a worker thread');
const tell = (message: FromWorker): void => port.postMessage(message);
const options: WorkerOptions = workerData;
const { addon, ...load } = loadNative(options.native);

const engine = await LocalEngine.open({
	...options,
	srtpProfiles: options.srtpProfiles ?? preferredProfiles(addon),
	native: addon,
	log: {
		info: (fields, message) => tell({ type: 'log', level: 'info', fields, message }),
		warn: (fields, message) => tell({ type: 'log', level: 'warn', fields, message }),
	},
}).catch((error: unknown) => {
	tell({ type: 'refused', reason: error instanceof Error ? error.message : String(error) });
	return undefined;
});

if (engine !== undefined) {
	engine.onEvent = (event) => tell({ type: 'event', event });
	port.on('message', (message: ToWorker) => {
		switch (message.type) {
			case 'command':
				engine.send(message.command);
				return;
			case 'open-mirror':
				engine.openMirror(message.publication, message.port);
				return;
			case 'feed-mirror':
				engine.feedMirror(message.publicationId, message.port);
				return;
			case 'look':
				tell({ type: 'view', view: { sizes: engine.sizes, counters: engine.counters, links: engine.links() } });
				return;
			case 'close':
				void engine.close().then(() => tell({ type: 'closed' }));
		}
	});
	const path = 'why' in load ? `the media path is TypeScript alone: ${load.why}` : 'the media path is native';
	tell({ type: 'ready', address: engine.address, port: engine.port, path });
}
