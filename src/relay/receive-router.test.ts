import { expect, test } from 'vitest';
import { ReceiveRouter, type RoutableSection } from './receive-router.ts';
import { type PacketFields, receivedPacket } from './received-packet.fixture.ts';

const midId = 4;

function section(mid: string, payloadTypes: readonly number[], ssrcs: readonly number[] = []): RoutableSection {
	return { mid, codecs: payloadTypes.map((payloadType) => ({ payloadType })), extensions: { mid: midId }, ssrcs };
}

function route(router: ReceiveRouter<RoutableSection>, fields: Partial<PacketFields> & { readonly mid?: string }): string | undefined {
	const { mid, ...rest } = fields;
	const extension = mid === undefined ? {} : { extension: { id: midId, data: [...new TextEncoder().encode(mid)] } };
	const { packet, header } = receivedPacket({ sequence: 1, ...extension, ...rest });
	return router.route(header, packet)?.mid;
}

function routerFor(...sections: readonly RoutableSection[]): ReceiveRouter<RoutableSection> {
	const router = new ReceiveRouter<RoutableSection>();
	router.describe(sections);
	return router;
}

test('a declared SSRC decides, whatever else the packet says', () => {
	const router = routerFor(section('0', [96], [11]), section('1', [96], [22]));
	expect(route(router, { ssrc: 22, payloadType: 96 })).toBe('1');
	expect(route(router, { ssrc: 11, payloadType: 96, mid: '1' })).toBe('0');
});

test('the mid of an undeclared SSRC decides and is remembered', () => {
	const router = routerFor(section('0', [96]), section('1', [96]));
	expect(route(router, { ssrc: 5, payloadType: 96 })).toBeUndefined();
	expect(route(router, { ssrc: 5, payloadType: 96, mid: '1' })).toBe('1');
	expect(route(router, { ssrc: 5, payloadType: 96 })).toBe('1');
	expect(router.sectionOf(5)?.mid).toBe('1');
});

test('without a mid the payload type decides when one section alone has it', () => {
	const router = routerFor(section('v', [96, 98]), section('a', [111]), section('b', [98]));
	expect(route(router, { ssrc: 5, payloadType: 111 })).toBe('a');
	expect(route(router, { ssrc: 6, payloadType: 96 })).toBe('v');
	expect(route(router, { ssrc: 7, payloadType: 98 })).toBeUndefined();
});

test('an unknown mid, and a payload type the section does not have, lead nowhere and teach nothing', () => {
	const router = routerFor(section('v', [96]), section('a', [111]));
	expect(route(router, { ssrc: 5, payloadType: 96, mid: 'x' })).toBeUndefined();
	expect(route(router, { ssrc: 5, payloadType: 111, mid: 'v' })).toBeUndefined();
	expect(route(router, { ssrc: 5, payloadType: 50 })).toBeUndefined();
	expect(router.sectionOf(5)).toBeUndefined();
});

test('a section remembers eight learned SSRCs, the oldest gives way', () => {
	const router = routerFor(section('v', [96], [1000]));
	for (let ssrc = 1; ssrc <= 50; ssrc++) expect(route(router, { ssrc, payloadType: 96 })).toBe('v');
	expect(Array.from({ length: 50 }, (_, index) => index + 1).filter((ssrc) => router.sectionOf(ssrc) !== undefined)).toEqual([
		43, 44, 45, 46, 47, 48, 49, 50,
	]);
	expect(router.sectionOf(1000)?.mid).toBe('v');
});

test('a new description keeps what was learned for a mid and forgets a mid that is gone', () => {
	const router = routerFor(section('v', [96]), section('a', [111]));
	route(router, { ssrc: 5, payloadType: 96 });
	route(router, { ssrc: 6, payloadType: 111 });
	router.describe([section('v', [96]), section('w', [96])]);
	expect(route(router, { ssrc: 5, payloadType: 96 })).toBe('v');
	expect(router.sectionOf(6)).toBeUndefined();
});

test('an SSRC that a new description declares elsewhere moves', () => {
	const router = routerFor(section('v', [96]));
	route(router, { ssrc: 5, payloadType: 96 });
	router.describe([section('v', [96]), section('w', [97], [5])]);
	expect(router.sectionOf(5)?.mid).toBe('w');
	// And does not come back with what was learned before.
	router.describe([section('v', [96]), section('w', [97])]);
	expect(router.sectionOf(5)).toBeUndefined();
});
