import type { Route } from './http-context.ts';
import { cancelRoute } from './routes/cancel.ts';
import { giveHelpRoute } from './routes/give-help.ts';
import { healthRoute } from './routes/health.ts';
import { helpRoute } from './routes/help.ts';
import { helpCompletedRoute } from './routes/help-completed.ts';
import { listenRoute } from './routes/listen.ts';
import { listenForHelperRoute } from './routes/listen-for-helper.ts';
import { metricsRoute } from './routes/metrics.ts';
import { readinessRoute } from './routes/readiness.ts';
import { relayCandidateRoutes } from './routes/relay-candidate.ts';
import { relaySdpRoutes } from './routes/relay-sdp.ts';
import { roomRoute } from './routes/room.ts';
import { roomCreateRoute } from './routes/room-create.ts';
import { sessionInfoRoute } from './routes/session-info.ts';
import { streamRoute } from './routes/stream.ts';

/** Every HTTP route of the server. */
export const ROUTES: readonly Route[] = [
	helpRoute,
	listenRoute,
	giveHelpRoute,
	listenForHelperRoute,
	helpCompletedRoute,
	cancelRoute,
	sessionInfoRoute,
	relaySdpRoutes,
	relayCandidateRoutes,
	streamRoute,
	roomRoute,
	roomCreateRoute,
	healthRoute,
	readinessRoute,
	metricsRoute,
];
