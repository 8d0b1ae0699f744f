using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Persistence;

public class DeployedFoldersTests
{
    [Theory]
    [InlineData("/app", "/plugins/bert/Bert.MLNet.dll", "/app", "/plugins/bert")]
    [InlineData("/sdk/FSharp", "/packages/bert.mlnet/1.2.3/lib/net10.0/Bert.MLNet.dll", "/sdk/FSharp",
        "/packages/bert.mlnet/1.2.3/lib/net10.0", "/packages/bert.mlnet/1.2.3")]
    [InlineData("/app", "", "/app")]
    [InlineData("/app/", "/app/Bert.MLNet.dll", "/app")]
    public void The_library_may_lie_beside_the_application_apart_from_it_in_its_package_or_in_one_file_with_it(
        string application, string library, params string[] expected)
    {
        string Local(string path) => path.Replace('/', Path.DirectorySeparatorChar);
        Assert.Equal(expected.Select(Local), DeployedFolders.Of(Local(application), Local(library)));
    }
}
