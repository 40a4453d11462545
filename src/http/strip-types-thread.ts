/** The thread of {@link stripTypes}. */
import { stripTypeScriptTypes } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const sources: ReadonlyMap<string, string> = workerData;
parentPort?.postMessage(new Map([...sources].map(([name, source]) => [name, stripTypeScriptTypes(source)])));
