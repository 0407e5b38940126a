/**
 * {@code twinport.cnc}: the mapped file that is the only boundary between poll loops and everything else. Commands go in
 * by a ring for each loop; events come out by one ring; counters, switch records and errors can be read by any process,
 * also after this one has died.
 *
 * <p>Poll loops write by {@code PortEvents} and read commands by {@code CommandLayout}, without allocating. The conductor writes {@code
 * SwitchLog} and {@code InputLog}. Control threads create the file and send commands; readers of any process use {@code
 * CncReading}. They may allocate.
 *
 * <p>Thread: any. Uses: {@code policy}.
 */
@NullMarked
package io.twinport.dataplane.cnc;

import org.jspecify.annotations.NullMarked;
