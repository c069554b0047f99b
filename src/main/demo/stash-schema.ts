/** The part of Stash's GraphQL schema that the sample server executes; names and nullability as in the real one. */
import { buildSchema } from 'graphql';

/** Stash's schema, cut down. */
export const stashSchema = buildSchema(`
  scalar Time
  scalar Map
  scalar Any
  scalar PluginConfigMap
  scalar Int64
  enum SortDirectionEnum { ASC DESC }
  enum CriterionModifier {
    EQUALS NOT_EQUALS GREATER_THAN LESS_THAN IS_NULL NOT_NULL INCLUDES_ALL INCLUDES EXCLUDES MATCHES_REGEX
    NOT_MATCHES_REGEX BETWEEN NOT_BETWEEN
  }
  enum JobStatus { READY RUNNING FINISHED STOPPING CANCELLED FAILED }
  input FindFilterType { q: String page: Int per_page: Int sort: String direction: SortDirectionEnum }
  input IntCriterionInput { value: Int! value2: Int modifier: CriterionModifier! }
  input TimestampCriterionInput { value: String! value2: String modifier: CriterionModifier! }
  input StringCriterionInput { value: String! modifier: CriterionModifier! }
  input SceneFilterType {
    AND: SceneFilterType OR: SceneFilterType NOT: SceneFilterType
    id: IntCriterionInput created_at: TimestampCriterionInput updated_at: TimestampCriterionInput
    path: StringCriterionInput
  }
  type Studio { id: ID! name: String! }
  type Performer { id: ID! name: String! }
  type Tag { id: ID! name: String! }
  type BasicFile { path: String! }
  type ScenePathsType { screenshot: String preview: String }
  type VideoFile { id: ID! path: String! basename: String! size: Int64! duration: Float! zip_file: BasicFile }
  type Scene {
    id: ID! title: String details: String date: String rating100: Int organized: Boolean! created_at: Time! updated_at: Time!
    studio: Studio performers: [Performer!]! tags: [Tag!]! files: [VideoFile!]! paths: ScenePathsType!
  }
  type FindScenesResultType { count: Int! duration: Float! filesize: Float! scenes: [Scene!]! }
  type Version { version: String hash: String! build_time: String! }
  type SystemStatus { databaseSchema: Int appSchema: Int! status: String! }
  type Job { id: ID! status: JobStatus! subTasks: [String!] description: String! progress: Float startTime: Time }
  type ConfigGeneralResult { pluginsPath: String! }
  type ConfigResult { general: ConfigGeneralResult! plugins(include: [ID!]): PluginConfigMap! }
  type Plugin { id: ID! name: String! version: String enabled: Boolean! }
  type Query {
    findScene(id: ID, checksum: String): Scene
    findScenes(scene_filter: SceneFilterType, scene_ids: [Int!], ids: [ID!], filter: FindFilterType): FindScenesResultType!
    version: Version!
    systemStatus: SystemStatus!
    jobQueue: [Job!]
    configuration: ConfigResult!
    plugins: [Plugin!]
  }
  type Mutation {
    runPluginTask(plugin_id: ID!, task_name: String, description: String, args_map: Map): ID!
  }
`);
