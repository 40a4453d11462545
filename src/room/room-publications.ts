import type { PublicationListener, RoomContext } from './room-context.ts';
import { RoomPublication } from './room-publication.ts';

/** The publications of one room. Each has its numbers, its place in the engine and its way for the engine's events while it is open. */
export class RoomPublications {
	readonly #context: RoomContext;
	readonly #listener: PublicationListener;
	readonly #group: string;
	readonly #open = new Map<string, RoomPublication>();

	/** @param group the room's name towards the engine */
	constructor(context: RoomContext, listener: PublicationListener, group: string) {
		this.#context = context;
		this.#group = group;
		this.#listener = listener;
	}

	get(publicationId: string): RoomPublication | undefined {
		return this.#open.get(publicationId);
	}

	/** All but one, in the order of opening. */
	except(own: RoomPublication | undefined): RoomPublication[] {
		return [...this.#open.values()].filter((publication) => publication !== own);
	}

	open(): RoomPublication {
		const { entropy, ssrcs, media, publications } = this.#context;
		const publication = {
			publicationId: entropy.hex(8),
			streamName: entropy.hex(8),
			videoSsrc: ssrcs.next(),
			videoRtxSsrc: ssrcs.next(),
			audioSsrc: ssrcs.next(),
		};
		const opened = new RoomPublication(publication);
		this.#open.set(publication.publicationId, opened);
		publications.set(publication.publicationId, this.#listener);
		media.send({ type: 'open-publication', publication, group: this.#group });
		return opened;
	}

	close(closing: RoomPublication): void {
		const { media, publications } = this.#context;
		const { publicationId } = closing.publication;
		closing.forgetLoss();
		this.#open.delete(publicationId);
		publications.delete(publicationId);
		media.send({ type: 'close-publication', publicationId });
	}

	closeAll(): void {
		for (const publication of this.#open.values()) this.close(publication);
	}
}
