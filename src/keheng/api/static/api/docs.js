// Draws the description of the interface; calls tried on the page go out with its session and token against forgery.
const place = document.querySelector("#swagger-ui");

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = place.dataset.token;
    return request;
  },
});
