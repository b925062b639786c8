package example.icans.cds.hapi;

import java.io.PrintStream;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;

/** Tells the parent process, on stdout, that requests are answered now, and on which port. */
record ReadyLine(PrintStream stdout) implements ApplicationListener<ApplicationReadyEvent> {
  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    var context = (WebServerApplicationContext) event.getApplicationContext();
    int port = context.getWebServer().getPort();
    stdout.println("HAPI FHIR ready at http://127.0.0.1:" + port + FhirEndpoint.PATH);
  }
}
