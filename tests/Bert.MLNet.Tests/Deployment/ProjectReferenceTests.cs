using System.Diagnostics;

namespace Bert.MLNet.Tests.Deployment;

/// <summary>An application in a folder that knows nothing of the repository, and references the library's project.</summary>
public sealed class ProjectReferenceTests : IDisposable
{
    private static readonly string s_library = Path.Combine(Shared.Repository, "src", "Bert.MLNet", "Bert.MLNet.csproj");

    private static readonly string s_configuration =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Release"
            : "Debug";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_builds_without_warnings_and_runs_with_the_model_beside_itself_or_beside_the_library()
    {
        Write(packages: "");
        Build("build");
        string application = Output, models = Path.Combine(application, "models"), away = _folder["models"];
        Assert.Equal("256 256", Run(Path.Combine(application, "App.dll")));

        // A host of another folder, as those of tests and plug-ins are, loads the application and the library from theirs.
        string host = Host.Write(_folder["host"]);
        Assert.Equal("256 256", Run(host, Path.Combine(application, "App.dll")));

        // Where the model is missing at first, it is found as soon as it is there.
        Directory.Move(models, away);
        Assert.Equal($"It is not in '{Path.Combine(models, "bert-mini-en")}'. 256 256",
            Run(Path.Combine(application, "App.dll"), away, models));
    }

    [Fact]
    public void It_may_manage_versions_centrally_use_a_newer_version_and_be_published()
    {
        Write(packages: """<ItemGroup><PackageReference Include="System.Numerics.Tensors" /><PackageReference Include="Microsoft.ML" /></ItemGroup>""");
        File.WriteAllText(_folder["Directory.Packages.props"], """
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
                <CentralPackageTransitivePinningEnabled>true</CentralPackageTransitivePinningEnabled>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="System.Numerics.Tensors" Version="10.0.13" />
                <PackageVersion Include="Microsoft.ML" Version="5.0.1" />
              </ItemGroup>
            </Project>
            """);
        Build("publish");
        string application = Path.Combine(Output, "publish");
        Assert.Equal(10, FileVersionInfo.GetVersionInfo(Path.Combine(application, "System.Numerics.Tensors.dll")).FileMajorPart);
        Assert.Equal("256 256", Run(Path.Combine(application, "App.dll")));
    }

    private string Output => _folder["bin", s_configuration, "net10.0"];

    private void Write(string packages)
    {
        File.WriteAllText(_folder["App.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><ProjectReference Include="{s_library}" /></ItemGroup>
              {packages}
            </Project>
            """);
        File.WriteAllText(_folder["Program.cs"], """
            using Bert.MLNet;

            if (args is [var away, var models])
            {
                try
                {
                    _ = BertModel.Default;
                }
                catch (DirectoryNotFoundException e)
                {
                    Console.Write(e.Message[e.Message.IndexOf("is not in")..e.Message.IndexOf(". Deploy")].Insert(0, "It ") + ". ");
                }
                Directory.Move(away, models);
            }
            using var embedding = BertEmbeddingTransformer.Create(BertModel.Default);
            using var table = BertEmbeddingTransformer.Create(BertModel.DefaultStatic);
            foreach (var step in new[] { embedding, table })
                Console.Write(step.Embed(["Owls hunt at night."])[0].Vector.Length + " ");
            """);
        // What this machine has restored for the repository, and no source of others.
        File.WriteAllText(_folder["nuget.config"], "<configuration><packageSources><clear /></packageSources></configuration>");
    }

    /// <summary>Builds with the library as it was built for the tests, which use it now: nothing is written into its folders.</summary>
    private void Build(string command)
    {
        string output = ChildProcess.Run(
            ChildProcess.Sdk(_folder.Path, command, "App.csproj", "-c", s_configuration, "-p:BuildProjectReferences=false", "--nologo"))
                .Successful;
        Assert.DoesNotContain(": warning ", output, StringComparison.Ordinal);
    }

    private static string Run(params string[] program) => ChildProcess.Run(new ProcessStartInfo("dotnet", program)).Successful.Trim();
}
