#include "handles.h"

#include <stdlib.h>

#define MAX_PLACES 0x10000
#define FIRST_CAPACITY 64
#define NO_PLACE UINT32_MAX

static handle_place *place_of(const handle_table *table, handle_kind kind, uint32_t handle) {
	uint32_t index = handle & 0xffff;
	if (index >= table->size) return NULL;
	handle_place *place = &table->places[index];
	return place->kind == kind && place->generation == handle >> 16 ? place : NULL;
}

static handle_place *free_place(handle_table *table) {
	if (table->size == 0) table->first_free = NO_PLACE;
	if (table->first_free != NO_PLACE) {
		handle_place *place = &table->places[table->first_free];
		table->first_free = place->next_free;
		return place;
	}
	if (table->size == table->capacity) {
		if (table->capacity == MAX_PLACES) return NULL;
		uint32_t capacity = table->capacity == 0 ? FIRST_CAPACITY : 2 * table->capacity;
		handle_place *places = realloc(table->places, capacity * sizeof *places);
		if (places == NULL) return NULL;
		table->places = places;
		table->capacity = capacity;
	}
	handle_place *place = &table->places[table->size++];
	*place = (handle_place){0};
	return place;
}

uint32_t handle_add(handle_table *table, handle_kind kind, void *value) {
	handle_place *place = free_place(table);
	if (place == NULL) return NO_HANDLE;
	/* Without 0, so that no handle is NO_HANDLE. */
	place->generation = place->generation == UINT16_MAX ? 1 : (uint16_t)(place->generation + 1);
	place->kind = (uint8_t)kind;
	place->value = value;
	return (uint32_t)place->generation << 16 | (uint32_t)(place - table->places);
}

void *handle_get(const handle_table *table, handle_kind kind, uint32_t handle) {
	const handle_place *place = place_of(table, kind, handle);
	return place == NULL ? NULL : place->value;
}

void *handle_remove(handle_table *table, handle_kind kind, uint32_t handle) {
	handle_place *place = place_of(table, kind, handle);
	if (place == NULL) return NULL;
	place->kind = HANDLE_FREE;
	place->next_free = table->first_free;
	table->first_free = handle & 0xffff;
	return place->value;
}
