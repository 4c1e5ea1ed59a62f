# SPDX-License-Identifier: BSD-2-Clause
#
# Puts a fence beside each index of libvirtqueue's virtqueue.c: release before one is published, acquire after one was
# looked at. Three places; the Makefile counts them.
/^ *vq->used_ring->idx = /i __atomic_thread_fence(__ATOMIC_RELEASE);
/^ *obj->first = vq->used_ring->ring/i __atomic_thread_fence(__ATOMIC_ACQUIRE);
/^ *robj->first = vq->avail_ring->ring/i __atomic_thread_fence(__ATOMIC_ACQUIRE);
