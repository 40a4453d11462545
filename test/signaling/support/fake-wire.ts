import type { WireSocket } from '../../../src/signaling/connection.ts';

/** A socket without a network, which remembers what became of it. */
export class FakeWire implements WireSocket {
	bufferedAmount = 0;
	readonly sent: string[] = [];
	readonly ended: string[] = [];
	pings = 0;
	send(text: string): void {
		this.sent.push(text);
	}
	ping(): void {
		this.pings++;
	}
	close(code: number): void {
		this.ended.push(`close ${code}`);
	}
	terminate(): void {
		this.ended.push('terminate');
	}
}
