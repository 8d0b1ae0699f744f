using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Cli;

namespace Bert.MLNet.Tests.Deployment;

/// <summary>What <c>dotnet publish -t:PublishContainer</c> of the tool is told, without building an image.</summary>
public sealed class ContainerTests
{
    [Fact]
    public void The_image_serves_on_its_port_as_a_user_that_is_not_root_and_writes_no_files()
    {
        JsonElement evaluated = JsonElement.Parse(ChildProcess.Run(ChildProcess.Sdk(Shared.Repository, "msbuild",
            Path.Combine("src", "Bert.MLNet.Cli", "Bert.MLNet.Cli.csproj"), "-p:Configuration=Release",
            "-getProperty:ContainerRepository,ContainerUser", "-getItem:ContainerPort,ContainerEnvironmentVariable,ContainerDefaultArgs"))
            .Successful);
        JsonElement properties = evaluated.GetProperty("Properties"), items = evaluated.GetProperty("Items");
        Assert.Equal("bert-mlnet", properties.GetProperty("ContainerRepository").GetString());
        // A number, by which Kubernetes can tell that it is not root.
        Assert.True(int.Parse(properties.GetProperty("ContainerUser").GetString()!, CultureInfo.InvariantCulture) > 0);
        // The runtime would create sockets in /tmp.
        JsonElement variable = Assert.Single(items.GetProperty("ContainerEnvironmentVariable").EnumerateArray());
        Assert.Equal(("DOTNET_EnableDiagnostics", "0"),
            (variable.GetProperty("Identity").GetString(), variable.GetProperty("Value").GetString()));

        string[] arguments =
            [.. items.GetProperty("ContainerDefaultArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
        RootCommand tool = Tool.Create(new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null));
        ParseResult parsed = tool.Parse(arguments);
        Assert.Empty(parsed.Errors);
        Assert.Equal("serve", parsed.CommandResult.Command.Name);
        Assert.Equal("0.0.0.0", parsed.GetValue<string>("--host"));
        JsonElement port = Assert.Single(items.GetProperty("ContainerPort").EnumerateArray());
        Assert.Equal(parsed.GetValue<int>("--port"), int.Parse(port.GetProperty("Identity").GetString()!, CultureInfo.InvariantCulture));
    }
}
