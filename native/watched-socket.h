/* A socket that the event loop watches: what came goes to JavaScript in batches, what waits leaves as soon as the kernel has room. */
#ifndef DURESS_WATCHED_SOCKET_H
#define DURESS_WATCHED_SOCKET_H

#include <stdbool.h>

#include <node_api.h>
#include <uv.h>

#include "environment.h"
#include "udp.h"

typedef struct watched_socket {
	udp_socket udp;
	uv_poll_t poll;
	/* Runs while datagrams come so fast that they are fetched by the millisecond: see watched-socket.c. */
	uv_timer_t timer;
	uint64_t last_wake_ms;
	bool fetching;
	int open_handles;
	environment *environment;
	napi_env env;
	napi_ref listener;
	napi_async_context context;
	napi_async_cleanup_hook_handle cleanup;
	uint32_t handle;
	int watched_events;
	bool closing;
} watched_socket;

/* Gives a handle, or NO_HANDLE with a negative errno. */
uint32_t watched_open(napi_env env, environment *environment, const udp_address *address, int buffer, int *error);

/*
 * From now on `listener` is called with the number of datagrams that lie in the environment's receive buffers. They are overwritten by
 * the next batch of any socket. Returns false, with an exception pending or not, when that cannot be.
 */
bool watched_listen(watched_socket *watched, napi_value listener);

/* The only ways to send: they keep the order, and begin to wait for room where the kernel has none. */
void watched_send(watched_socket *watched, struct mmsghdr *message);
void watched_forward(watched_socket *watched, const uint8_t *packet, size_t length, const uint32_t *rows, size_t count);

/* The descriptor is closed at once, the memory given back when the loop has let go of it. */
void watched_close(watched_socket *watched);

#endif
