import { element } from './element.ts';
import { serverNowS } from './server-clock.ts';
import { agoText } from './signal.ts';
import type { LinkState, RoomStatus } from './signaling.ts';

const section = element('watching', HTMLElement);
const title = element('watched', HTMLElement);
const screenBox = element('screen', HTMLElement);
const video = element('video', HTMLVideoElement);
const veil = element('veil', HTMLElement);
const linkText = element('link', HTMLElement);
const companyText = element('company', HTMLElement);
const soundButton = element('sound', HTMLButtonElement);

/** The part of the helper's page that shows one call. While nothing comes it keeps the last picture, and says since when. */
export class WatchView {
	#state: LinkState = 'connecting';
	/** Unix seconds of the server. */
	#signalLostSince: number | undefined;
	/** Unix seconds of the server, as this page counts them. */
	#linkLostSince: number | undefined;

	constructor() {
		soundButton.addEventListener('click', () => this.#setSound(video.muted));
		for (const event of ['playing', 'emptied']) video.addEventListener(event, () => this.refresh());
	}

	open(name: string): void {
		title.textContent = `Watching ${name}`;
		companyText.textContent = '';
		this.signal(undefined);
		section.hidden = false;
		section.scrollIntoView({ block: 'nearest' });
	}

	close(): void {
		video.srcObject = null;
		section.hidden = true;
		this.#setSound(false);
	}

	link(state: LinkState): void {
		this.#state = state;
		this.#linkLostSince = state === 'reconnecting' ? (this.#linkLostSince ?? serverNowS()) : undefined;
		companyText.hidden = state === 'reconnecting';
		if (state === 'over' || state === 'replaced') {
			video.srcObject = null;
			companyText.textContent = '';
		}
		this.refresh();
	}

	signal(lostSince: number | undefined): void {
		this.#signalLostSince = lostSince;
		this.refresh();
	}

	stream(stream: MediaStream): void {
		if (video.srcObject !== stream) video.srcObject = stream;
	}

	/** @param me this helper's name */
	status({ viewers, helper }: RoomStatus, me: string): void {
		const watchers = viewers > 1 ? `${viewers} people are watching.` : 'Only you are watching.';
		const help = helper === '' ? 'Nobody has taken this call yet.' : `${helper === me ? 'You are' : `${helper} is`} helping.`;
		companyText.textContent = `${watchers} ${help}`;
	}

	/** Once a second: what is lost grows older. Screen readers hear of the change alone, not of every second. */
	refresh(): void {
		const text = this.#text();
		if (linkText.textContent !== text) linkText.textContent = text;
		const veiled = this.#veilText();
		if (veil.textContent !== veiled) veil.textContent = veiled;
		veil.hidden = veiled === '';
		screenBox.classList.toggle('lost', veiled !== '');
	}

	#text(): string {
		switch (this.#state) {
			case 'connecting':
				return 'Connecting …';
			case 'reconnecting':
				return 'The connection was lost. Trying again …';
			case 'over':
			case 'replaced':
				return 'The call has ended.';
		}
		if (this.#signalLostSince !== undefined) return "The caller's signal was lost. The picture goes on when it is back.";
		if (video.srcObject === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return 'Connected, waiting for the picture …';
		return this.#state === 'connected' ? 'Live' : 'Live, but the server cannot be reached. Trying again …';
	}

	#veilText(): string {
		if (this.#state === 'over' || this.#state === 'replaced') return '';
		if (this.#linkLostSince !== undefined) return `Connection lost ${agoText(this.#linkLostSince, serverNowS())}`;
		return this.#signalLostSince === undefined ? '' : `Signal lost ${agoText(this.#signalLostSince, serverNowS())}`;
	}

	#setSound(on: boolean): void {
		video.muted = !on;
		soundButton.textContent = on ? 'Sound off' : 'Sound on';
		soundButton.setAttribute('aria-pressed', String(on));
	}
}
