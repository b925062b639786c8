package example.icans.cds.hapi;

import java.io.IOException;
import java.io.OutputStream;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;

/** Stops the server when the parent process, which holds the other end of stdin, is gone. */
class ExitOnStdinEof implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
  private static final String FLAG = "exit-on-stdin-eof";

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    if (event.getEnvironment().getProperty(FLAG, Boolean.class, false)) {
      Thread watch = new Thread(ExitOnStdinEof::waitThenExit, FLAG);
      watch.setDaemon(true);
      watch.start();
    }
  }

  private static void waitThenExit() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      // A stdin that cannot be read means the same as its end.
    }
    System.exit(0);
  }
}
