/* Numbers by which JavaScript names what lives here: a number that is stale, made up or of another kind finds nothing. */
#ifndef DURESS_HANDLES_H
#define DURESS_HANDLES_H

#include <stdint.h>

typedef enum { HANDLE_FREE, HANDLE_CONTEXT, HANDLE_SOCKET } handle_kind;

typedef struct {
	void *value;
	uint32_t next_free;
	/* Counts how often the place was given; stands in the upper half of its numbers. */
	uint16_t generation;
	uint8_t kind;
} handle_place;

typedef struct {
	handle_place *places;
	uint32_t size;
	uint32_t capacity;
	uint32_t first_free;
} handle_table;

/* Never a handle. */
#define NO_HANDLE 0

/* Returns NO_HANDLE when 65,536 are in use or memory has run out. */
uint32_t handle_add(handle_table *table, handle_kind kind, void *value);

/* What the handle names now, or NULL. */
void *handle_get(const handle_table *table, handle_kind kind, uint32_t handle);

/* The same; the handle names nothing from now on. */
void *handle_remove(handle_table *table, handle_kind kind, uint32_t handle);

#endif
