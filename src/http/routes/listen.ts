import { type Static, Type } from 'typebox';
import { type ListedRequest, OTHERS_MAX } from '../../registry/listing.ts';
import { answers, orNull, sendNull } from '../answer-schemas.ts';
import type { Route } from '../http-context.ts';
import { type SessionUrls, viewerUrl } from '../session-urls.ts';
import { SignalAnswer, signalAnswer } from '../signal-answer.ts';

const Listed = Type.Object({
	name: Type.String(),
	zone: Type.String(),
	mobile: Type.String(),
	status: Type.Literal('open'),
	roomId: Type.String(),
	streamId: Type.String(),
	timestamp: Type.Integer({ description: 'Unix seconds' }),
	viewerWebsocketUrl: Type.String(),
	signal: SignalAnswer,
	stale: Type.Optional(Type.Boolean({ description: 'Open for 12 hours or more' })),
	suspect: Type.Optional(Type.Boolean({ description: 'Came beyond the rate of its address' })),
});

const Answer = orNull(
	{
		...Listed.properties,
		openCount: Type.Integer({ description: 'All open requests' }),
		others: Type.Array(Listed, { description: `At most ${OTHERS_MAX} more, oldest first; stale ones and then suspect ones last` }),
	},
	'The newest open request, or null',
);

const schema = { tags: ['requests'], summary: 'Poll for open requests', response: answers({ 200: Answer }, []) };

export const listenRoute: Route = (app, { store, clock, urlsFor }) => {
	app.get('/duress/listen', { schema }, async (request, reply) => {
		const listing = await store.listen(clock.wallMs());
		if (listing === undefined) return sendNull(reply);
		const urls = urlsFor(request);
		const answer: Static<typeof Answer> = {
			...describe(listing.main, urls),
			openCount: listing.openCount,
			others: listing.others.map((other) => describe(other, urls)),
		};
		return reply.send(answer);
	});
};

function describe({ request, rank }: ListedRequest, urls: SessionUrls): Static<typeof Listed> {
	const listed: Static<typeof Listed> = {
		name: request.name,
		zone: request.zone,
		mobile: request.mobile,
		status: 'open',
		roomId: request.roomId,
		streamId: request.streamId,
		timestamp: Math.floor(request.createdAtMs / 1000),
		viewerWebsocketUrl: viewerUrl(urls, request.roomId),
		signal: signalAnswer(request.signal),
	};
	if (rank !== 'fresh') listed[rank] = true;
	return listed;
}
