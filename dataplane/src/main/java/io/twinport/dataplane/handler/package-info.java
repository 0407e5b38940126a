/** Packet handlers to start from: they run to completion on the poll thread and allocate nothing. */
@NullMarked
package io.twinport.dataplane.handler;

import org.jspecify.annotations.NullMarked;
