export function generate(input: Input): Output {
  services.push({
    type: "app",
    data: {
      serviceName: input.appServiceName,
      source: { type: "image", image: input.appServiceImage },
      domains: [{ host: "$(EASYPANEL_DOMAIN)", port: 3000 }],
      ports: [{ protocol: "udp", published: 514, target: 514 }],
      env: [`LISTEN_PORT=3000`].join("\n"),
    },
  });
  return { services };
}
