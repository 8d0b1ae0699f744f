using Bert.MLNet.Cli;
using Bert.MLNet.Cli.LibTorch;

LibTorchFolder.Use();
return await Tool.RunAsync(
    args, new ToolStreams(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error, !Console.IsErrorRedirected));
