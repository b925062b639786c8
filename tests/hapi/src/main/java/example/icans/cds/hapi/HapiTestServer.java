package example.icans.cds.hapi;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import java.io.PrintStream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.web.embedded.EmbeddedWebServerFactoryCustomizerAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The HAPI FHIR JPA R4 server, in memory, for tests. */
@SpringBootConfiguration(proxyBeanMethods = false)
// Named one by one: full auto-configuration would also start Quartz, Elasticsearch, Swagger and
// more, merely because HAPI brings their classes.
@ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    EmbeddedWebServerFactoryCustomizerAutoConfiguration.class,
    ServletWebServerFactoryAutoConfiguration.class,
})
// The batch and subscription modules are never used by the tests, but HAPI's core asks for their beans.
@Import({
    JpaR4Config.class,
    ThreadPoolFactoryConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class,
    SubscriptionChannelConfig.class,
    SubscriptionSubmitterConfig.class,
    Storage.class,
    CoreServices.class,
    FhirEndpoint.class,
})
public class HapiTestServer {
  public static void main(String[] arguments) {
    PrintStream stdout = System.out;
    // Log lines, and whatever a library prints, go to stderr: stdout carries the ready line alone.
    System.setOut(System.err);
    SpringApplication server = new SpringApplication(HapiTestServer.class);
    // Everything is in memory, so there is nothing to close: stop at once, even while starting.
    server.setRegisterShutdownHook(false);
    server.addListeners(new ExitOnStdinEof(), new ReadyLine(stdout));
    server.run(arguments);
  }
}
