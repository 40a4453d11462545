import type { Command } from '../load/commands.ts';

/** A server under test while it runs. */
export interface ServerUnderTest {
	readonly pid: number;
	/** Where clients find it, if they speak to it themselves. */
	readonly url: string | undefined;
	/** A line from the load to a server that is spoken to by way of the bench. */
	say(line: string): void;
	/** Told each line of such a server. */
	onLine: ((line: Extract<Command, { type: 'pion' }>['line']) => void) | undefined;
	/** Settles only if the server ends although nobody has stopped it: it rejects. */
	readonly crashed: Promise<never>;
	stop(): Promise<void>;
}

export type Contender = 'duress' | 'typescript' | 'pion' | 'pion-bare';

/** As they are called in tables. */
export const contenderNames: Readonly<Record<Contender | 'floor', string>> = {
	duress: 'Duress Server',
	typescript: 'Duress Server, DURESS_NATIVE=0',
	pion: 'Pion',
	'pion-bare': 'Pion without interceptors',
	floor: 'C: sendto + AES-128-GCM',
};
