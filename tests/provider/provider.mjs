// A real provider of identities for the tests, on a port of loopback: node provider.mjs PORT BACK LEFT
// Whoever types a login is let in as that address; "unverified" in it leaves the address unverified, and what follows
// a "+" is the group: boss+chiefs@example.ma. BACK is where people are sent back to, LEFT where after signing out.
import Provider from "oidc-provider";

const [port, back, left] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "rassid",
      client_secret: "a secret of the tests, long enough",
      redirect_uris: [back],
      post_logout_redirect_uris: [left],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  cookies: { keys: ["a key of the tests"] },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  async findAccount(_, id) {
    const group = /\+([a-z]+)@/.exec(id);
    return {
      accountId: id,
      claims: async () => ({
        sub: id,
        email: id.replace(/\+[a-z]+@/, "@"),
        email_verified: !id.includes("unverified"),
        name: "اسم من الهوية",
        groups: group ? [group[1]] : [],
      }),
    };
  },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
