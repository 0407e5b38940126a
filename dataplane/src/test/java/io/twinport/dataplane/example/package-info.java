/** What this module's README shows, in a package of its own as any other application is. */
@NullMarked
package io.twinport.dataplane.example;

import org.jspecify.annotations.NullMarked;
