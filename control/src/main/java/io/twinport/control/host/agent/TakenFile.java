package io.twinport.control.host.agent;

import io.twinport.control.Log;
import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.control.host.migrate.HostPath;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What the agent has changed and has yet to undo, in a file that goes at a reboot, as what it has changed does. */
final class TakenFile {
    private static final int MOST_BYTES = 1 << 22;

    private final Path file;
    private final Log log;

    /** @param content of the file */
    private record Content(List<HostPath.Taken> taken) {
        Content {
            taken = List.copyOf(taken);
        }
    }

    TakenFile(Path file, Log log) {
        this.file = file;
        this.log = log;
    }

    /** @throws UserException if it is there, and damaged: what was changed is to be looked at by somebody then */
    List<HostPath.Taken> read() {
        try {
            @Nullable
            Content content = JsonMapper.shared().readValue(RegularFile.read(file, MOST_BYTES), Content.class);
            if (content != null) {
                return content.taken();
            }
            throw damaged("there is nothing in it");
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw damaged(FileErrors.reason(e));
        } catch (JacksonException e) {
            throw damaged(e.getClass().getSimpleName());
        }
    }

    private UserException damaged(String why) {
        return new UserException(file + ", which says what an earlier agent has changed, cannot be used: " + why
                + ". Look at 'bridge fdb show state static' and the audit log, and move the file away.");
    }

    void write(List<HostPath.Taken> taken) {
        try {
            OutputFile.replace(file, JsonMapper.shared().writeValueAsString(new Content(taken)));
        } catch (IOException e) {
            log.warn(file + " cannot be written: " + FileErrors.reason(e)
                    + ". Another agent would not undo what this one does");
        }
    }
}
