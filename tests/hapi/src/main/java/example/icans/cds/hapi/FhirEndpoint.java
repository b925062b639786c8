package example.icans.cds.hapi;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.provider.ValueSetOperationProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The FHIR REST API under {@code /fhir}. */
@Configuration(proxyBeanMethods = false)
class FhirEndpoint {
  static final String PATH = "/fhir";
  // HAPI's packaged server; the library's own 10 and 50 are met by nobody.
  private static final int DEFAULT_PAGE_SIZE = 20;
  private static final int MAXIMUM_PAGE_SIZE = 200;

  @Bean
  DatabaseBackedPagingProvider paging() {
    DatabaseBackedPagingProvider paging = new DatabaseBackedPagingProvider();
    paging.setDefaultPageSize(DEFAULT_PAGE_SIZE).setMaximumPageSize(MAXIMUM_PAGE_SIZE);
    return paging;
  }

  @Bean
  RestfulServer restfulServer(
      FhirContext fhir,
      ResourceProviderFactory resources,
      JpaSystemProvider<?, ?> system,
      ValueSetOperationProvider valueSets,
      DatabaseBackedPagingProvider paging,
      IValidationSupport validation) {
    RestfulServer server = new RestfulServer(fhir);
    server.registerProviders(resources.createProviders());
    server.registerProviders(system, valueSets);
    server.setPagingProvider(paging);
    server.registerInterceptor(new FreshTerminology(validation));
    return server;
  }

  @Bean
  JpaCapabilityStatementProvider metadata(
      RestfulServer server,
      IFhirSystemDao<?, ?> system,
      JpaStorageSettings settings,
      ISearchParamRegistry searchParameters,
      IValidationSupport validation) {
    JpaCapabilityStatementProvider metadata = new JpaCapabilityStatementProvider(
        server, system, settings, searchParameters, validation);
    server.setServerConformanceProvider(metadata);
    return metadata;
  }

  @Bean
  ServletRegistrationBean<RestfulServer> fhirServlet(RestfulServer server) {
    ServletRegistrationBean<RestfulServer> servlet =
        new ServletRegistrationBean<>(server, PATH + "/*");
    servlet.setLoadOnStartup(1);
    return servlet;
  }
}
