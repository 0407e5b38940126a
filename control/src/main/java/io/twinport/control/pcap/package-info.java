/** Files of captured frames, for control threads. */
@NullMarked
package io.twinport.control.pcap;

import org.jspecify.annotations.NullMarked;
