/**
 * {@code twinport.cnc}: the mapped file that is the only boundary between poll loops and everything else. Commands go
 * in by a ring for each loop; events come out by one ring; counters, switch records and errors can be read by any
 * process, also after this one has died. Poll threads write without allocating; control threads create and read.
 */
@NullMarked
package io.twinport.dataplane.cnc;

import org.jspecify.annotations.NullMarked;
