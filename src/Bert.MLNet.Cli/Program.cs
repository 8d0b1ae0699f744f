using Bert.MLNet.Cli;

return await Tool.RunAsync(
    args, new ToolStreams(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error, !Console.IsErrorRedirected));
