import type { Call } from './duress-api.ts';
import { type Signal, signalText } from './signal.ts';

export interface CardOptions {
	readonly call: Call;
	/** The newest open call stands out. */
	readonly isNewest: boolean;
	/** Taken in this page. */
	readonly isTaken: boolean;
	readonly onWatch: () => void;
	readonly onTake: () => void;
	readonly onComplete: () => void;
}

/** One call in the list. Its signal is written by {@link showSignal}, which does not touch the buttons. */
export function callCard({ call, isNewest, isTaken, onWatch, onTake, onComplete }: CardOptions): HTMLLIElement {
	const card = document.createElement('li');
	card.className = isNewest ? 'card newest' : 'card';
	card.dataset.room = call.roomId;
	const title = document.createElement('h3');
	title.textContent = call.name;
	card.append(title);
	if (call.zone !== '') card.append(line(`Where: ${call.zone}`));
	if (call.mobile !== '') {
		const phone = line('Phone: ');
		const number = document.createElement('a');
		number.href = `tel:${call.mobile.replace(/[^+\d]/g, '')}`;
		number.textContent = call.mobile;
		phone.append(number);
		card.append(phone);
	}
	if (call.timestamp > 0) card.append(line(`Called at ${new Date(call.timestamp * 1_000).toLocaleTimeString()}`));
	if (isTaken) card.append(line('You are helping.'));
	const signal = line('');
	signal.className = 'signal';
	card.append(signal);
	const row = document.createElement('div');
	row.className = 'row';
	row.append(button('Watch', 'watch', onWatch));
	row.append(isTaken ? button('Complete', 'complete', onComplete) : button('Take', 'take', onTake));
	card.append(row);
	return card;
}

/** @param nowS Unix seconds of the server */
export function showSignal(card: Element, signal: Signal | undefined, nowS: number): void {
	const place = card.querySelector<HTMLElement>('.signal');
	if (place === null) return;
	const text = signal === undefined ? '' : signalText(signal, nowS);
	if (place.textContent === text) return;
	place.textContent = text;
	place.dataset.state = signal?.state ?? '';
}

function button(text: string, className: string, onClick: () => void): HTMLButtonElement {
	const made = document.createElement('button');
	made.type = 'button';
	made.className = className;
	made.textContent = text;
	made.addEventListener('click', onClick);
	return made;
}

function line(text: string): HTMLParagraphElement {
	const made = document.createElement('p');
	made.textContent = text;
	return made;
}
