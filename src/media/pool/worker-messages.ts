import type { MessagePort } from 'node:worker_threads';
import type { DtlsCertificate } from '../../dtls/certificate.ts';
import type { Publication } from '../../negotiation/media-description.ts';
import type { EngineCounters, EngineSizes, LocalEngineOptions } from '../engine.ts';
import type { EngineAddress, EngineCommand, EngineEvent } from '../engine-port.ts';
import type { LinkQuality } from '../link-quality.ts';

/** What a worker is started with. */
export interface WorkerOptions extends Omit<LocalEngineOptions, 'log' | 'native' | 'srtpProfiles'> {
	readonly certificate: DtlsCertificate;
	/** Whether the native path is taken where it is there. */
	readonly native: boolean;
	/** Undefined: by what the media path costs. */
	readonly srtpProfiles: LocalEngineOptions['srtpProfiles'] | undefined;
}

/** What operators watch of one engine. */
export interface EngineView {
	readonly sizes: EngineSizes;
	readonly counters: EngineCounters;
	readonly links: readonly LinkQuality[];
}

export type ToWorker =
	| { readonly type: 'command'; readonly command: EngineCommand }
	| { readonly type: 'open-mirror'; readonly publication: Publication; readonly port: MessagePort }
	| { readonly type: 'feed-mirror'; readonly publicationId: string; readonly port: MessagePort }
	| { readonly type: 'look' }
	| { readonly type: 'close' };

export type FromWorker =
	/** The socket is bound. `path`: one line about the media path, for the log. */
	| { readonly type: 'ready'; readonly address: EngineAddress; readonly port: number; readonly path: string }
	/** It cannot be bound. */
	| { readonly type: 'refused'; readonly reason: string }
	| { readonly type: 'event'; readonly event: EngineEvent }
	| { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly fields: object; readonly message: string }
	/** The answer to `look`, in order. */
	| { readonly type: 'view'; readonly view: EngineView }
	| { readonly type: 'closed' };
