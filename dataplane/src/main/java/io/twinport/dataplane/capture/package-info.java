/**
 * Copies of a port's frames while somebody looks. The poll loop copies into a ring and never waits for its reader; who does
 * not look pays for one comparison a burst.
 */
@NullMarked
package io.twinport.dataplane.capture;

import org.jspecify.annotations.NullMarked;
