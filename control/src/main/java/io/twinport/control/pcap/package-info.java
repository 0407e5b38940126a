/**
 * Files of captured frames, and who writes them.
 *
 * <p>Thread: control. Uses: {@code control}, {@code socket}.
 */
@NullMarked
package io.twinport.control.pcap;

import org.jspecify.annotations.NullMarked;
