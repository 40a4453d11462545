import type { EngineCommand, EngineEvent, EngineSeat, MediaEngine } from '../../../src/media/engine-port.ts';

type OfType<Type extends EngineCommand['type']> = Extract<EngineCommand, { type: Type }>;

/** A media engine that only remembers what it was told, and what it would hold by now. */
export class RecordingEngine implements MediaEngine {
	readonly address = {
		fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
		candidates: [{ address: '192.0.2.1', port: 40000 }],
	};
	readonly commands: EngineCommand[] = [];
	readonly peers = new Set<string>();
	readonly publications = new Set<string>();
	onEvent: (event: EngineEvent) => void = () => {};

	seat(): EngineSeat {
		return { worker: 0, address: this.address };
	}

	send(command: EngineCommand): void {
		this.commands.push(command);
		if (command.type === 'open-peer') this.peers.add(command.peerId);
		if (command.type === 'close-peer') this.peers.delete(command.peerId);
		if (command.type === 'open-publication') this.publications.add(command.publication.publicationId);
		if (command.type === 'close-publication') this.publications.delete(command.publicationId);
	}

	async close(): Promise<void> {}

	/** Commands of one type, the newest last. */
	sent<Type extends EngineCommand['type']>(type: Type): OfType<Type>[] {
		return this.commands.filter((command): command is OfType<Type> => command.type === type);
	}

	last<Type extends EngineCommand['type']>(type: Type): OfType<Type> {
		const command = this.sent(type).at(-1);
		if (command === undefined) throw new Error(`no ${type} was sent`);
		return command;
	}
}
