using Bert.MLNet.Samples.Web;

await ModelServer.Create(args).RunAsync();
